namespace System.Runtime.CompilerServices;

// What the compiler puts before the statics of a class with a static constructor; 0 once it has run.
internal struct StaticClassConstructionContext
{
    public nint CctorMethodAddress;
}
