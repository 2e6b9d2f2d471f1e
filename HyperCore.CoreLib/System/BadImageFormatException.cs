namespace System;

public class BadImageFormatException : SystemException
{
    public BadImageFormatException()
    {
    }

    public BadImageFormatException(string? message)
        : base(message)
    {
    }

    public BadImageFormatException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "BadImageFormatException";
}
