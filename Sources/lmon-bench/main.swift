print("lmon-bench")
