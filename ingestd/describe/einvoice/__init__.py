"""What an e-invoice says of itself: from its XML to the fields of the create request."""
