namespace System;

/// <summary>Throwing one is a panic: nothing catches here.</summary>
public class Exception
{
    private readonly string? _message;

    public Exception()
    {
    }

    public Exception(string? message) => _message = message;

    public Exception(string? message, Exception? innerException)
    {
        _message = message;
        InnerException = innerException;
    }

    /// <summary>The name of the type: there is no reflection to ask.</summary>
    public virtual string TypeName => "Exception";

    public virtual string Message => _message ?? "";

    public Exception? InnerException { get; }
}
