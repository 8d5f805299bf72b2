/// A row of the list of all HTTP calls, in the order in which they started.
package struct CallRow: Hashable, Sendable, Identifiable {
    package struct ID: Hashable, Sendable {
        package let invocation: InvocationID
        package let call: String

        package init(invocation: InvocationID, call: String) {
            self.invocation = invocation
            self.call = call
        }
    }

    package let call: Call
    package let function: String

    package init(call: Call, function: String) {
        self.call = call
        self.function = function
    }

    package var id: ID { ID(invocation: self.call.invocation, call: self.call.id) }
}

/// A row of the list of all log lines, in the order in which they were written.
package struct LogRow: Hashable, Sendable, Identifiable {
    package struct ID: Hashable, Sendable {
        package let invocation: InvocationID
        /// Among the lines of its invocation, from 0.
        package let index: Int

        package init(invocation: InvocationID, index: Int) {
            self.invocation = invocation
            self.index = index
        }
    }

    package let id: ID
    package let line: LogLine
    package let function: String

    package init(id: ID, line: LogLine, function: String) {
        self.id = id
        self.line = line
        self.function = function
    }
}
