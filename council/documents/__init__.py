"""The texts: documents, versions, passages, attachments."""
