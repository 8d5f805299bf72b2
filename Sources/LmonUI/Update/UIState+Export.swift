extension UIState {
    mutating func openExportMenu() {}
    mutating func openComment() {}
}
