extension UIState {
    mutating func openPalette() {}
    mutating func toggleMouse() -> [UIEffect] { [] }
}
