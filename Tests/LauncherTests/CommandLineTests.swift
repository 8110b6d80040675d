import Testing

/// The command line as its users see it: what is printed where, and the exit status.
@Suite struct CommandLineTests {
    @Test func programsComeFromFilesInputAndTheCommandLine() throws {
        #expect(try Shell.run("mini --threads 1 -", input: "1 .\n2 .").output == "1\n2\n")
        #expect(try Shell.run("mini --threads 1 -e '1 .' -e '-2 .'").output == "1\n-2\n")
        #expect(try Shell.run("mini --threads 1 <(echo 3 .)").output == "3\n")
    }

    @Test func everythingBehindTheFileBelongsToTheGuest() throws {
        let result = try Shell.run("mini --threads 1 <(echo 3 .) --threads 9 --help --bogus")
        #expect(result.output == "3\n" && result.status == 0)
    }

    @Test(arguments: [
        ("mini --bogus", "Unknown option '--bogus'"),
        ("mini --threads 0 x", "--threads takes a number from 1 to 128, not 0"),
        ("mini --threads many x", "The value 'many' is invalid for '--threads <n>'"),
        ("mini --backend none x", "The value 'none' is invalid for '--backend <name>'"),
        ("mini --heap-limit 0 x", "--heap-limit takes 1 MB or more, not 0"),
        ("mini --mapping none x", "--mapping takes one of word, access, block, not 'none'"),
        ("mini --seed 1 x", "--seed is for --backend serial, not stm"),
        ("mini --backend gil --abort-every-quantum x", "--abort-every-quantum is for --backend"),
        ("mini --explore x", "--explore is for --backend serial, not stm"),
        ("mini --schedule 1 x", "--schedule is for --backend serial, not stm"),
        ("mini --backend serial --schedule a x", "--schedule takes turns such as 1x3,2, not 'a'"),
        ("mini --backend serial --explore --seed 1 x", "--seed and --explore exclude each other"),
        ("mini --preemptions 1 x", "--preemptions is for --explore"),
        ("mini --backend serial --explore --preemptions 101 x", "--preemptions takes a number"),
        ("mini --backend serial --explore --schedules 0 x", "--schedules takes a positive number"),
        ("mini --backend serial --explore", "Which program is to be explored?"),
        ("mini --backend gil --record /tmp/r x", "--record is for --backend stm, not gil"),
        ("mini --replay x x", "--replay is for --backend serial, not stm"),
        ("mini --record /tmp/r", "Which program is to be recorded?"),
        ("mini --record /does/not/exist -e '1 .'", "mini: '/does/not/exist': No such file"),
        ("mini --backend serial --replay /dev/null -e '1 .'", "damaged at byte 0: this is no rec"),
        ("QUANTA_BACKEND=none mini x", "QUANTA_BACKEND is 'none'; the backends are gil, stm"),
        ("QUANTA_THREADS=-1 mini x", "QUANTA_THREADS is '-1'; a number from 1 to 128 is needed"),
        ("mini /does/not/exist", "mini: cannot read '/does/not/exist': No such file"),
        ("mini /", "mini: cannot read '/': Is a directory"),
        ("quanta run x.unknown", "No language is known for 'x.unknown'"),
        ("quanta run -", "Say which language it is"),
        ("quanta run", "Which program?"),
        ("quanta repl unknown", "There is no language 'unknown'"),
    ])
    func nonsenseIsRefused(_ command: String, _ message: String) throws {
        let result = try Shell.run(command)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(message))
    }

    @Test func flagsBeatVariables() throws {
        let environment = ["QUANTA_BACKEND": "gil", "QUANTA_THREADS": "3"]
        let command = "mini --stats -e '[ @x 1 + !x ]'"
        let chosen = try Shell.run(command, environment: environment)
        #expect(chosen.output == "x = 3\n" && chosen.errors.hasPrefix("backend        gil\n"))
        let beaten = try Shell.run(
            "mini --backend serial --threads 2 --stats -e '[ @x 1 + !x ]'", environment: environment
        )
        #expect(beaten.output == "x = 2\n" && beaten.errors.hasPrefix("backend        serial\n"))
    }

    @Test func helpAndVersionGoToStandardOutput() throws {
        let help = try Shell.run("mini --help")
        #expect(help.status == 0 && help.errors.isEmpty)
        for flag in ["--backend", "--threads", "--seed", "--stats", "--heap-limit", "--mapping"] {
            #expect(help.output.contains(flag))
        }
        let version = try Shell.run("mini --version")
        #expect(version.status == 0)
        #expect(version.output.contains("backends: gil, stm, serial"))
        #expect(try Shell.run("quanta version").output.contains("backends: gil, stm, serial"))
        #expect(try Shell.run("quanta languages").output.contains("mini"))
    }

    @Test func quantaChoosesTheLanguage() throws {
        let named = try Shell.run("quanta run --language mini --threads 1 -e '4 .'")
        #expect(named.output == "4\n")
        let extended = try Shell.run(
            "f=$(mktemp --suffix .mini); echo '5 .' > $f; quanta run --mapping block --threads 1 $f; rm $f"
        )
        #expect(extended.output == "5\n")
    }

    @Test func guestErrorsHaveAPlaceAndStatusOne() throws {
        let result = try Shell.run("mini --threads 1 -e '1 .' -e '2 foo'")
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors == "-e:2:3: error: unknown word 'foo'\n    2 foo\n      ^^^\n")
        let late = try Shell.run("mini --threads 1 -e '1 .' -e '2305843009213693951 1 +'")
        #expect(late.status == 1 && late.output == "1\n")
    }

    @Test func foreignCodeCanBeForbidden() throws {
        let bind =
            #"-e '(setq f (foreign "libm.so.6" "pure double sqrt(double)"))' -e '(print (f 4.0))'"#
        #expect(try Shell.run("duhton \(bind)").output == "2.0\n")
        let refused = try Shell.run("duhton --no-ffi \(bind)")
        #expect(refused.status == 1 && refused.errors.contains("C functions are not allowed here"))
    }

    @Test func coloursAreForTerminalsOrOnDemand() throws {
        let escape = "\u{1B}["
        #expect(!(try Shell.run("mini -e foo").errors.contains(escape)))
        #expect(try Shell.run("FORCE_COLOR=1 mini -e foo").errors.contains(escape))
        #expect(!(try Shell.run("NO_COLOR=1 FORCE_COLOR=1 mini -e foo").errors.contains(escape)))
    }

    @Test func explorationFindsWhatASeedMayMiss() throws {
        let explore = "mini --backend serial --explore --threads 2 -e"
        let lost = try Shell.run("\(explore) '@x 1 + !x'")
        #expect(lost.status == 1 && lost.errors.isEmpty)
        #expect(
            lost.output == """
                all 42 schedules with up to 2 pre-emptions were run
                2 outcomes

                1: 12 schedules, such as --schedule ''
                    x = 2

                2: 30 schedules, such as --schedule 1,2
                    x = 1

                """)
        let repeated = "mini --backend serial --threads 2 --schedule 1,2 -e '@x 1 + !x'"
        #expect(try Shell.run(repeated).output == "x = 1\n")
        let kept = try Shell.run("\(explore) '[ @x 1 + !x ]'")
        #expect(kept.status == 0 && kept.output.contains("\n1 outcome\n"))
    }

    @Test func aBoundedExplorationSaysWhatItLeftOut() throws {
        let result = try Shell.run(
            "mini --backend serial --explore --schedules 99 --threads 3 -e '[ @x 1 + !x ]' -e '1 .'"
        )
        #expect(result.output.hasPrefix("the limit was reached: 99 schedules were run"))
        #expect(result.output.contains("; the rest is unexplored\n"))
    }

    @Test func explorationShowsErrorsOfTheGuest() throws {
        let result = try Shell.run(
            """
            duhton --backend serial --explore --threads 2 -e '(setq l (list 1))' \
                -e '(defun take () (if (len l) (transaction drop)))' -e '(defun drop () (pop l))' \
                -e '(transaction take) (transaction take)'
            """)
        #expect(result.status == 1)
        #expect(result.output.contains("error: "))
    }

    @Test func aRecordedRunIsReplayed() throws {
        let program = "-e '500 times @x 1 + !x @x . end'"
        let result = try Shell.run(
            """
            f=$(mktemp)
            mini --threads 3 --record $f \(program) > $f.1
            mini --backend serial --replay $f \(program) > $f.2
            cmp $f.1 $f.2 && wc -l < $f.1
            mini --backend serial --replay $f -e '1 .' ; echo "status $?"
            mini --backend serial --mapping block --replay $f \(program) ; echo "status $?"
            head -c 100 $f > $f.3
            mini --backend serial --replay $f.3 \(program) ; echo "status $?"
            rm $f $f.1 $f.2 $f.3
            """)
        #expect(result.output == "1501\nstatus 1\nstatus 1\nstatus 2\n")
        #expect(
            result.errors.contains(
                "error: the recording is of another program, or the program has changed"))
        #expect(result.errors.contains("error: the recorded run had other options"))
        #expect(result.errors.contains(": the file ends before the recorded run does"))
    }

    @Test func whatWasLearnedFromOutsideIsReplayed() throws {
        let result = try Shell.run(
            """
            f=$(mktemp)
            p='(setq r (foreign "process" "arbitrary int rand(void)"))
               (setq s (foreign "process" "reads const char *getenv(const char *s)"))
               (defun f () (print (time) (r)))
               (transaction f) (transaction f) (run-transactions) (print (s "COLOUR"))'
            COLOUR=red duhton --threads 2 --record $f -e "$p" > $f.1
            sleep 0.01
            COLOUR=blue duhton --backend serial --replay $f -e "$p" > $f.2
            cmp $f.1 $f.2 && tail -1 $f.2
            rm $f $f.1 $f.2
            """)
        #expect(result.output == "red\n")
        #expect(result.errors.isEmpty)
    }
}
