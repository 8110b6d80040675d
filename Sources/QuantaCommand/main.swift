import Duhton
import Launcher
import Mini
import Python

/// What `quanta run` can run.
enum All: LanguageSet {
    static var languages: [any Language.Type] { [Duhton.self, Mini.self, Python.self] }
}

Launcher.main(All.self)
