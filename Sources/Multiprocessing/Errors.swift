import CLinux
import SystemPackage
public enum E: Error { case a }
