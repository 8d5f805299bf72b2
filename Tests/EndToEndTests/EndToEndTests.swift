import LmonTestSupport
import Testing

/// The built program from outside. One after the other: each starts processes of its own on a small machine.
@Suite(.exclusive, .serialized, .timeLimit(.minutes(5))) struct EndToEndTests {}
