package import LmonRecord

extension Record {
    /// Numbers observations as the monitor core would: each environment from 1, two milliseconds after it happened.
    package static func numbered(_ observations: [Observation], from first: Int = 1) -> [Record] {
        var next: [String: Int] = [:]
        return observations.map { observation in
            let sequence = next[observation.environment, default: first]
            next[observation.environment] = sequence + 1
            return Record(observation, sequence: sequence, observed: observation.time.adding(milliseconds: 2))
        }
    }
}
