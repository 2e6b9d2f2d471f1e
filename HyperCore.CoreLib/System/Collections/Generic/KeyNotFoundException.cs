namespace System.Collections.Generic;

public class KeyNotFoundException : SystemException
{
    public KeyNotFoundException()
    {
    }

    public KeyNotFoundException(string? message)
        : base(message)
    {
    }

    public override string TypeName => "KeyNotFoundException";
}
