"""MongoDB through mongoengine: documents, indexes and the repositories behind `review_api.ports`."""
