import Duhton
import Launcher

Launcher.main(Duhton.self)
