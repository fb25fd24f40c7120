import LuaMultiprocessing
@main enum MPLua { static func main() { } }
