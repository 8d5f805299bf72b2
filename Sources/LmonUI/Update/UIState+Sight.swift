extension UIState {
    mutating func hideWhatIsHere() -> [UIEffect] { [] }
    mutating func bringBack() -> [UIEffect] { [] }
    mutating func turnSort() -> [UIEffect] { [] }
    mutating func toggleMark() -> [UIEffect] { [] }
    mutating func toggleOnlyMarked() -> [UIEffect] { [] }
}
