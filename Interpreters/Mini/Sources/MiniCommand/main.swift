import Launcher
import Mini

Launcher.main(Mini.self)
