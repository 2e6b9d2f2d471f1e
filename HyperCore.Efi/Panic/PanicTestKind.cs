#if PANIC_TEST
namespace HyperCore.Efi.Panic;

/// <summary>The internal errors a test build can make on purpose.</summary>
public enum PanicTestKind
{
    /// <summary>A throw.</summary>
    Throw,

    /// <summary>A field of a null reference.</summary>
    NullReference,

    /// <summary>Recursion into the guard page.</summary>
    StackOverflow,

    /// <summary>A write to the image's code.</summary>
    WriteToText,

    /// <summary>A division by zero.</summary>
    DivisionByZero,
}
#endif
