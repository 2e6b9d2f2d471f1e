namespace System;

public class RankException : SystemException
{
    public RankException()
    {
    }

    public RankException(string? message)
        : base(message)
    {
    }

    public RankException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "RankException";
}
