// The version that all of the project's programs print.

/// The version of mplua, as in "0.1.0".
public let mpluaVersion = "0.1.0"
