namespace System;

public class OverflowException : ArithmeticException
{
    public OverflowException()
    {
    }

    public OverflowException(string? message)
        : base(message)
    {
    }

    public OverflowException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "OverflowException";
}
