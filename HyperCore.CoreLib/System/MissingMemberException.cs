namespace System;

public class MissingMemberException : SystemException
{
    public MissingMemberException()
    {
    }

    public MissingMemberException(string? message)
        : base(message)
    {
    }

    public MissingMemberException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public override string TypeName => "MissingMemberException";
}
