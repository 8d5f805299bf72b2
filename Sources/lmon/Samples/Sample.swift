/// Events as AWS services send them, for `-e sample:NAME`.
enum Sample: String, CaseIterable {
    case api
    case dynamodb
    case eventbridge
    case s3
    case schedule
    case sns
    case sqs

    var event: String {
        switch self {
        case .api: Self.apiEvent
        case .dynamodb: Self.dynamoDBEvent
        case .eventbridge: Self.eventBridgeEvent
        case .s3: Self.s3Event
        case .schedule: Self.scheduleEvent
        case .sns: Self.snsEvent
        case .sqs: Self.sqsEvent
        }
    }

    static var names: String { Self.allCases.map(\.rawValue).joined(separator: ", ") }
}
