print("lmon")
