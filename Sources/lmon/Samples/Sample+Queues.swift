extension Sample {
    static let sqsEvent = #"""
        {
          "Records": [
            {
              "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
              "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
              "body": "{\"order\":42}",
              "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1795428000000",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1795428000012"
              },
              "messageAttributes": {},
              "md5OfBody": "0d15cd31971ecd0d554a062cddbab844",
              "eventSource": "aws:sqs",
              "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
              "awsRegion": "us-east-1"
            }
          ]
        }
        """#

    static let snsEvent = #"""
        {
          "Records": [
            {
              "EventVersion": "1.0",
              "EventSubscriptionArn": "arn:aws:sns:us-east-1:123456789012:orders:21be56ed",
              "EventSource": "aws:sns",
              "Sns": {
                "Type": "Notification",
                "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
                "Subject": "order",
                "Message": "{\"order\":42}",
                "Timestamp": "2026-11-23T10:00:00.000Z",
                "SignatureVersion": "1",
                "Signature": "EXAMPLE",
                "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService.pem",
                "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
                "MessageAttributes": {}
              }
            }
          ]
        }
        """#

    static let eventBridgeEvent = #"""
        {
          "version": "0",
          "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
          "detail-type": "OrderPlaced",
          "source": "com.example.orders",
          "account": "123456789012",
          "time": "2026-11-23T10:00:00Z",
          "region": "us-east-1",
          "resources": [],
          "detail": {"order": 42, "total": 19.9}
        }
        """#

    static let scheduleEvent = #"""
        {
          "version": "0",
          "id": "89d1a02d-5ec7-412e-82f5-13505f849b41",
          "detail-type": "Scheduled Event",
          "source": "aws.events",
          "account": "123456789012",
          "time": "2026-11-23T10:00:00Z",
          "region": "us-east-1",
          "resources": ["arn:aws:events:us-east-1:123456789012:rule/every-minute"],
          "detail": {}
        }
        """#
}
