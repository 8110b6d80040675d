import Duhton
import Launcher
import Mini

/// What `quanta run` can run.
enum All: LanguageSet {
    static var languages: [any Language.Type] { [Duhton.self, Mini.self] }
}

Launcher.main(All.self)
