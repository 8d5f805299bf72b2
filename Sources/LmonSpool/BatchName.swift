/// What tells a batch of records from every other: records of one environment, formed once. Sent again, it has the same name.
package struct BatchName: Hashable, Sendable {
    package let function: String
    /// When it was formed, at the first attempt to send it: milliseconds since 1970, by the clock of whoever formed it.
    package let formed: Int64
    package let environment: String
    /// The numbers that its records and tombstones speak for; not every one need be there.
    package let numbers: ClosedRange<Int>

    package init(function: String, formed: Int64, environment: String, numbers: ClosedRange<Int>) {
        self.function = function
        self.formed = formed
        self.environment = environment
        self.numbers = numbers
    }
}
