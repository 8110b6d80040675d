import Launcher
import Tally

Launcher.main(Tally.self)
