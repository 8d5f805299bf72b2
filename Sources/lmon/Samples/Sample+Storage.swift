extension Sample {
    static let s3Event = #"""
        {
          "Records": [
            {
              "eventVersion": "2.1",
              "eventSource": "aws:s3",
              "awsRegion": "us-east-1",
              "eventTime": "2026-11-23T10:00:00.000Z",
              "eventName": "ObjectCreated:Put",
              "userIdentity": {"principalId": "EXAMPLE"},
              "requestParameters": {"sourceIPAddress": "203.0.113.7"},
              "responseElements": {"x-amz-request-id": "EXAMPLE123456789", "x-amz-id-2": "EXAMPLE123/abcdefgh"},
              "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "uploads",
                "bucket": {
                  "name": "example-bucket",
                  "ownerIdentity": {"principalId": "EXAMPLE"},
                  "arn": "arn:aws:s3:::example-bucket"
                },
                "object": {
                  "key": "photos/cat.jpg",
                  "size": 1024,
                  "eTag": "0123456789abcdef0123456789abcdef",
                  "sequencer": "0A1B2C3D4E5F678901"
                }
              }
            }
          ]
        }
        """#

    static let dynamoDBEvent = #"""
        {
          "Records": [
            {
              "eventID": "c4ca4238a0b923820dcc509a6f75849b",
              "eventName": "INSERT",
              "eventVersion": "1.1",
              "eventSource": "aws:dynamodb",
              "awsRegion": "us-east-1",
              "dynamodb": {
                "ApproximateCreationDateTime": 1795428000,
                "Keys": {"id": {"S": "42"}},
                "NewImage": {"id": {"S": "42"}, "total": {"N": "19.9"}},
                "SequenceNumber": "4421584500000000017450439091",
                "SizeBytes": 26,
                "StreamViewType": "NEW_AND_OLD_IMAGES"
              },
              "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-23T10:00:00.000"
            }
          ]
        }
        """#
}
