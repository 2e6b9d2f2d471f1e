using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace HyperCore.Tests.Harness;

/// <summary>
/// A variable store of OVMF with keys enrolled, which has the firmware take signed images only: the empty store, to which variables are added as
/// EDK2's MdeModulePkg/Include/Guid/VariableFormat.h lays them out.
/// </summary>
internal static class FirmwareVariableStore
{
    private const int FirstVariable = 0x48 + 28;
    private const int HeaderBytes = 60;
    private const ushort StartId = 0x55AA;
    private const byte Added = 0x3F;

    // Non-volatile, boot services, runtime, time-based authenticated write access.
    private const uint Attributes = 0x27;

    private static readonly Guid s_global = new("8be4df61-93ca-11d2-aa0d-00e098032b8c");
    private static readonly Guid s_imageSecurity = new("d719b2cb-3d3a-4596-a3bc-dad00e67656f");

    /// <summary>Enrols the keys that <c>hypercore key new</c> made.</summary>
    /// <param name="emptyStore">OVMF's store without any variable.</param>
    /// <param name="keys">The folder of the keys.</param>
    /// <param name="path">The store that is written.</param>
    public static void Write(string emptyStore, string keys, string path)
    {
        byte[] store = File.ReadAllBytes(emptyStore);
        int at = FirstVariable;
        Add(store, ref at, s_global, "PK", File.ReadAllBytes(Path.Combine(keys, "PK.esl")));
        Add(store, ref at, s_global, "KEK", File.ReadAllBytes(Path.Combine(keys, "KEK.esl")));
        Add(store, ref at, s_imageSecurity, "db", File.ReadAllBytes(Path.Combine(keys, "db.esl")));
        File.WriteAllBytes(path, store);
    }

    private static void Add(byte[] store, ref int at, Guid vendor, string name, byte[] data)
    {
        byte[] encoded = Encoding.Unicode.GetBytes(name + "\0");
        Span<byte> header = store.AsSpan(at, HeaderBytes);
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header, StartId);
        header[2] = Added;
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(4), Attributes);
        BinaryPrimitives.WriteInt32LittleEndian(header.Slice(36), encoded.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.Slice(40), data.Length);
        vendor.TryWriteBytes(header.Slice(44));
        encoded.CopyTo(store, at + HeaderBytes);
        data.CopyTo(store, at + HeaderBytes + encoded.Length);
        at = (at + HeaderBytes + encoded.Length + data.Length + 3) & ~3;
    }
}
