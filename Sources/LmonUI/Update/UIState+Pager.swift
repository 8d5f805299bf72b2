extension UIState {
    mutating func page() -> [UIEffect] { [] }
}
