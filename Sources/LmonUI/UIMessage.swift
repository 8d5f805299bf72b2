package import LmonModel
package import LmonRecord
package import LmonScreen

/// What can happen to the view: the only way in.
package enum UIMessage: Hashable, Sendable {
    /// A key, the mouse, a paste, a new size.
    case input(Input)
    /// Records were folded: the numbers now, `counts` of the rows that a filter lets through. At most once for each
    /// painted frame.
    case changed(SessionTotals, counts: RowCounts, Filtering? = nil)
    /// The answer to `loadRows`: rows from `start` on, oldest first; fewer than asked for at the end of the list.
    case rows(ListView, start: Int, [Row])
    /// The answer to `loadStatistics`, of all invocations or of those that a filter lets through; `progress` is how much
    /// was counted, from 0 to 1, nil if all was. More of them follow until all was.
    case statistics(StatisticsReport, of: Filter?, progress: Double?)
    /// The answer to `loadFunctions`.
    case functions([FunctionCount])
    /// The answer to `loadDetail`.
    case detail(InvocationDetail)
    /// The answer to `loadRecords`, in the order in which they came.
    case records(InvocationID, [Record])
    /// The answer to `loadDetail` for an invocation whose details are not kept any more.
    case detailGone(InvocationID)
    /// The answer to `find`; nil if nothing matches.
    case found(ListView, UIQuery, Found?)
    /// The time now, told only while something is in flight or the source is lost; durations that are running count up to it.
    /// Nil once the source has ended: no time passes any more.
    case clock(Timestamp?)
    /// One line that says what became of something the user asked for; it stays until the next key.
    case notice(String, isFailure: Bool = false)
    /// What is known of the source has changed: its functions, its URL.
    case configured(UIConfiguration)
    case connection(Connection)
    /// How a remote source is read has changed.
    case source(SourceStatus)
    /// A function does not start: why, in one line; nil when it does again.
    case trouble(function: String, reason: String?)
    /// Why HTTP calls of a function cannot be seen: `provided.al2023 has no interceptor`.
    case callsUnseen(function: String, reason: String?)
    /// A line for someone who sees lmon for the first time; nil takes it away.
    case coach(String?)

    /// The answer to `loadEvents`.
    case events(function: String, [EventChoice])
    /// The answer to `draft`, and to a `replay` of an event that is not known whole: it is to be looked at first.
    case drafted(EventDraft)
    /// The answer to `edit`; nil if the editor failed.
    case edited(EditPurpose, String?)
    /// The answer to `compare`; nil if there is nothing to compare with.
    case comparison(Comparison?)
    case again(AgainNews)
    /// What was written to invocations of a recorded session.
    case comments([InvocationID: String])

    package struct Found: Hashable, Sendable {
        package let index: Int
        package let key: Row.Key
        /// Which of how many matches it is, from 1; both 0 if nobody counted.
        package let ordinal: Int
        package let total: Int

        package init(index: Int, key: Row.Key, ordinal: Int = 0, total: Int = 0) {
            self.index = index
            self.key = key
            self.ordinal = ordinal
            self.total = total
        }
    }

    /// What a filter is put to.
    package struct Filtering: Hashable, Sendable {
        /// Rows with and without those that do not match.
        package let all: RowCounts
        /// How much of it was looked at, from 0 to 1; nil at the end.
        package let progress: Double?
        /// Texts that a regular expression gave up on, for they would have taken too long: they count as not matching.
        package let givenUp: Int

        package init(all: RowCounts, progress: Double? = nil, givenUp: Int = 0) {
            self.all = all
            self.progress = progress
            self.givenUp = givenUp
        }
    }

    package enum Connection: Hashable, Sendable {
        /// It was asked and has not answered yet.
        case connecting
        case connected
        case lost(source: String, since: Timestamp, retryAt: Timestamp, reason: String? = nil)
        /// It is not asked any more.
        case failed(String)
    }
}

/// What is looked for in a list.
package enum UIQuery: Hashable, Sendable {
    /// Words that a row shows, without regard to case unless one of them has a capital.
    case text(String)
    case failed
    /// Where this row is now.
    case row(Row.Key)
}

/// What the view wants done: the only way out. Answers come back as messages, in any order, or never.
package enum UIEffect: Hashable, Sendable {
    /// Rows of a list: `.rows`.
    case loadRows(ListView, Range<Int>)
    /// The numbers of the session: `.statistics`.
    case loadStatistics
    /// Every function with its numbers: `.functions`.
    case loadFunctions
    /// All of one invocation: `.detail`.
    case loadDetail(InvocationID)
    /// The records of one invocation, or of an initialisation, as they were written: `.records`.
    case loadRecords(InvocationID)
    /// The next row that matches, strictly after (before) the index `from`, wrapping around: `.found`.
    case find(ListView, UIQuery, from: Int, forward: Bool)
    /// Show these rows in this order, in all lists, from now on: `.changed`.
    case look(Sight)
    /// Invoke a function with an event as typed; it may be no JSON: `.notice`, if that fails.
    case invoke(function: String, event: String)
    /// The same event again: `.notice`, if that fails.
    case replay(InvocationID)
    /// Events for a function that lie beside it, and samples: `.events`.
    case loadEvents(function: String)
    /// The event of an invocation, to be edited: `.drafted`.
    case draft(InvocationID)
    /// Give a text to the user's editor, on this terminal: `.edited`.
    case edit(String, EditPurpose)
    /// Compare an invocation with another; nil: with the run before it of the same event, else of the function:
    /// `.comparison`.
    case compare(InvocationID, with: InvocationID?)
    /// Run the function of this invocation again with its event on each save of its code; nil: no more: `.again`.
    case again(InvocationID?)
    /// Write calls to a file beside where lmon was started: `.notice("wrote lmon-orders-9f3c.har, 3 calls")`.
    case export(ExportFormat, ExportScope)
    /// Keep a comment on an invocation with the session; nil takes it away.
    case comment(InvocationID, String?)
    /// Whether the mouse is reported.
    case setMouse(Bool)
    /// Keep how the view is liked for the next run.
    case remember(Preferences)
    /// Put text on the clipboard: `.notice("copied 812 B (OSC 52)")`.
    case copy(String)
    /// Show text in the user's pager, on this terminal: `.notice`, if that fails.
    case page(String)
    /// Stop the job (^Z).
    case suspend
    case quit
}

extension UIEffect {
    /// Which rows are shown, and in which order, changes.
    var isLook: Bool {
        guard case .look = self else { return false }
        return true
    }
}
