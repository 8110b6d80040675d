// The language of Examples/Tally, compiled as part of this package.
import Launcher
import TallyInside

Launcher.main(Tally.self)
