"""What unites and what divides the sectors of a council, as far as it can be shown without giving a vote away."""
