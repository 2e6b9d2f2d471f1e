namespace System;

public class PlatformNotSupportedException : NotSupportedException
{
    public PlatformNotSupportedException()
    {
    }

    public PlatformNotSupportedException(string? message)
        : base(message)
    {
    }

    public PlatformNotSupportedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "PlatformNotSupportedException";
}
