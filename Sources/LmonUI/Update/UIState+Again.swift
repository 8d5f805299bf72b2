extension UIState {
    mutating func replayEdited() -> [UIEffect] { [] }
    mutating func toggleAgain() -> [UIEffect] { [] }
    mutating func diff() -> [UIEffect] { [] }
}
