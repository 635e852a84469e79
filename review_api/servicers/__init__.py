"""The four gRPC services of review_api: thin, from wire to domain and back."""
