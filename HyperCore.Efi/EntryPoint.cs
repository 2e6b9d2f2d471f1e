using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi;

/// <summary>Where the firmware calls HyperCore.</summary>
internal static unsafe class EntryPoint
{
    [RuntimeExport("EfiMain")]
    private static nint EfiMain(nint imageHandle, nint systemTable)
    {
        string text = "hypercore: hello\n";
        for (int i = 0; i < text.Length; i++)
        {
            while ((ReadPort(0x3FD) & 0x20) == 0)
            {
            }

            WritePort(0x3F8, (byte)text[i]);
        }

        return 0;
    }

    [RuntimeImport("*", "ReadPort8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte ReadPort(ushort port);

    [RuntimeImport("*", "WritePort8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WritePort(ushort port, byte value);
}
