extension Sample {
    /// HTTP API and function URL, payload format 2.0.
    static let apiEvent = #"""
        {
          "version": "2.0",
          "routeKey": "GET /users/{id}",
          "rawPath": "/users/4",
          "rawQueryString": "verbose=true",
          "cookies": ["session=abc"],
          "headers": {
            "accept": "application/json",
            "content-length": "0",
            "host": "api.example.com",
            "user-agent": "lmon",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
          },
          "queryStringParameters": {"verbose": "true"},
          "pathParameters": {"id": "4"},
          "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
              "method": "GET",
              "path": "/users/4",
              "protocol": "HTTP/1.1",
              "sourceIp": "203.0.113.7",
              "userAgent": "lmon"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "GET /users/{id}",
            "stage": "$default",
            "time": "23/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1795428000000
          },
          "isBase64Encoded": false
        }
        """#
}
