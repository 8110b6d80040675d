import Launcher
import Python

Launcher.main(Python.self)
