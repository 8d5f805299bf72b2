enum UIEffect: Sendable { case quit }
