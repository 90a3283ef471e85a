"""What members say: consultations, opinions, and the answers they get."""
