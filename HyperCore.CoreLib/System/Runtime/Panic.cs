using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>
/// Where a throw ends. The application sets <see cref="Handler"/>; it gets the text and the address the throw returns to, and does not
/// return. Until it is set, a panic stops the processor.
/// </summary>
public static unsafe class Panic
{
    // Room for the joined message; without it the bare one has to do.
    private const nuint MessageReserve = 4096;

    /// <summary>Takes the message and the return address of the failing code.</summary>
    public static delegate*<string, nuint, void> Handler;

    /// <summary>Stops the machine with a message.</summary>
    public static void Stop(string message, nuint address)
    {
        delegate*<string, nuint, void> handler = Handler;
        if (handler != null)
        {
            handler(message, address);
        }

        Halt();
    }

    [RuntimeExport("CoreLibThrow")]
    private static void Throw(Exception? exception, nuint address)
    {
        if (exception == null)
        {
            Stop("NullReferenceException", address);
            return;
        }

        string message = exception.Message;
        if (Arena.Capacity - Arena.Used > MessageReserve)
        {
            message = exception is ArgumentException { ParamName: { } name }
                ? string.Concat(exception.TypeName, ": ", message, string.Concat(" (", name, ")"))
                : string.Concat(exception.TypeName, ": ", message);
        }

        Stop(message, address);
    }

    [RuntimeImport("*", "CoreLibHalt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Halt();
}
