extension UIState {
    mutating func pan(by steps: Int) {}
    mutating func zoomAxis(by steps: Int) {}
    mutating func fitAxis() {}
}
