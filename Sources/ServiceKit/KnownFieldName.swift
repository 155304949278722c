public import HTTPTypes

extension HTTPField.Name {
    /// A name that stands in the program, and so is one.
    public static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header field") }
        return name
    }
}
