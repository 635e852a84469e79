"""Where recordings are kept: GridFS or any fsspec URL, behind the port `review_api.ports.RecordingStore`."""
