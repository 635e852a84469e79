"""What review_api does for its clients, in terms of the domain and the ports."""
