namespace System;

public class TypeLoadException : SystemException
{
    public TypeLoadException()
    {
    }

    public TypeLoadException(string? message)
        : base(message)
    {
    }

    public TypeLoadException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "TypeLoadException";
}
