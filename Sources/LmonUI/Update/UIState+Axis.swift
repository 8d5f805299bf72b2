extension UIState {
    mutating func pan(by steps: Int) {
        if self.showsLanes { return self.panLanes(by: steps) }
    }

    mutating func zoomAxis(by steps: Int) {
        if self.showsLanes { return self.zoomLanes(by: steps) }
    }

    mutating func fitAxis() {
        if self.showsLanes { return self.fitLanes() }
    }
}
