import Testing

@testable import ServiceKit

@Suite("One setting, from the command line or the environment")
struct SettingsTests {
    private enum Color: String, CaseIterable {
        case red, green
    }

    @Test("The command line wins over the environment, and an empty variable is none")
    func order() throws {
        let settings = Settings(environment: ["DATA_DIR": "there", "EMPTY": "", "PORT": "1", "COLOR": "red"])
        #expect(settings.text("data-dir", "here") == "here")
        #expect(settings.text("data-dir", nil) == "there")
        #expect(settings.text("empty", nil) == nil)
        #expect(settings.text("none", nil) == nil)
        #expect(try settings.integer("port", 2, in: 0...9) == 2)
        #expect(try settings.integer("port", nil, in: 0...9) == 1)
        #expect(try settings.integer("empty", nil, in: 0...9) == nil)
        #expect(try settings.integer("none", nil, in: 0...9) == nil)
        #expect(try settings.choice("color", "green") == Color.green)
        #expect(try settings.choice("color", nil) == Color.red)
        #expect(try settings.choice("none", nil) as Color? == nil)
    }

    @Test(
        "A variable has the option's name in capitals", arguments: [("a", "A"), ("log-level", "LOG_LEVEL"), ("a-b-c", "A_B_C")])
    func names(option: String, variable: String) {
        #expect(Settings(environment: [variable: "x", option: "y"]).text(option, nil) == "x")
    }

    @Test(
        "An integer has its range, ends included",
        arguments: [(nil, 3), (nil, 7), ("3", nil), ("7", nil), ("-0", 5)] as [(String?, Int?)])
    func inRange(variable: String?, option: Int?) throws {
        let settings = Settings(environment: variable.map { ["N": $0] } ?? [:])
        #expect(try settings.integer("n", option, in: 3...7) == option ?? variable.flatMap { Int($0) })
    }

    @Test(
        "What is no integer of the range is an error of one sentence",
        arguments: [
            ("8", nil, "--n is 8; it goes from 3 to 7."), ("2", nil, "--n is 2; it goes from 3 to 7."),
            ("5", 8, "--n is 8; it goes from 3 to 7."),
            ("x", nil, "N is x, which is not an integer."), ("5.5", nil, "N is 5.5, which is not an integer."),
            (" 5", nil, "N is  5, which is not an integer."),
            ("99999999999999999999", nil, "N is 99999999999999999999, which is not an integer."),
        ] as [(String, Int?, String)])
    func noInteger(variable: String, option: Int?, sentence: String) {
        let error = #expect(throws: UsageError.self) {
            try Settings(environment: ["N": variable]).integer("n", option, in: 3...7)
        }
        #expect(error?.description == sentence)
    }

    @Test("What is none of the choices is an error that names them", arguments: ["blue", "Red", "red ", "RED"])
    func noChoice(text: String) {
        for (variable, option) in [(text, nil), ("red", text)] {
            let error = #expect(throws: UsageError.self) {
                let color: Color? = try Settings(environment: ["COLOR": variable]).choice("color", option)
                Issue.record("\(String(describing: color))")
            }
            #expect(error?.description == "--color is \(text); it is one of red, green.")
        }
    }

    @Test(
        "A flag is 1, true or yes",
        arguments: [("1", true), ("true", true), ("YES", true), ("0", false), ("no", false), ("", false), ("on?", false)])
    func flag(variable: String, isSet: Bool) {
        let settings = Settings(environment: ["FLAG": variable])
        #expect(settings.flag("flag", false) == isSet)
        #expect(settings.flag("flag", true))
        #expect(!Settings(environment: [:]).flag("flag", false))
    }
}
