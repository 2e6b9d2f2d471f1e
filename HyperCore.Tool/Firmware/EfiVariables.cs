using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using HyperCore.Core.Firmware;

namespace HyperCore.Tool.Firmware;

/// <summary>The firmware's variables, through efivarfs: a file for each, which begins with the variable's attributes. (Linux, Documentation/filesystems/efivarfs.rst.)</summary>
/// <param name="folder">Where efivarfs is mounted, or a folder that looks like it.</param>
internal sealed class EfiVariables(string folder) : FirmwareVariables
{
    private const string GlobalVariable = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const string HyperCoreVariable = "-37054e8f-3981-4909-8768-045ad5208198";
    private const string BootPrefix = "Boot";

    // EFI_VARIABLE_NON_VOLATILE, _BOOTSERVICE_ACCESS and _RUNTIME_ACCESS (UEFI 2.10, 3.3).
    private const uint Attributes = 7;

    /// <inheritdoc/>
    public override string? WhyNot => Directory.Exists(folder) ? null : $"{folder} does not exist: this system was not started by UEFI";

    /// <inheritdoc/>
    public override int LastBootNumber => Directory.EnumerateFiles(folder, BootPrefix + "????" + GlobalVariable)
        .Select(path => Path.GetFileName(path).AsSpan(BootPrefix.Length, 4).ToString())
        .Select(digits => int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number) ? number : -1)
        .DefaultIfEmpty(-1)
        .Max();

    /// <summary>What the system said about the last variable that could not be read or written; null when all could.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc/>
    public override VariableResult Read(VariableOwner owner, ReadOnlySpan<char> name, Span<byte> data, out int length)
    {
        length = 0;
        string path = PathOf(owner, name);
        if (!File.Exists(path))
        {
            return VariableResult.NotFound;
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ResultOf(exception);
        }

        // A file without attributes is one whose variable is being made, or cannot be.
        ReadOnlySpan<byte> contents = bytes.AsSpan(Math.Min(sizeof(uint), bytes.Length));
        if (contents.Length > data.Length)
        {
            return VariableResult.TooLarge;
        }

        contents.CopyTo(data);
        length = contents.Length;
        return VariableResult.Done;
    }

    /// <inheritdoc/>
    public override VariableResult Write(VariableOwner owner, ReadOnlySpan<char> name, ReadOnlySpan<byte> data)
    {
        string path = PathOf(owner, name);
        try
        {
            if (data.Length > 0)
            {
                Write(path, data);
                return VariableResult.Done;
            }

            if (!File.Exists(path))
            {
                return VariableResult.NotFound;
            }

            ImmutableFlag.Clear(path);
            File.Delete(path);
            return VariableResult.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ResultOf(exception);
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> data)
    {
        byte[] bytes = new byte[sizeof(uint) + data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Attributes);
        data.CopyTo(bytes.AsSpan(sizeof(uint)));
        ImmutableFlag.Clear(path);

        // A variable is written by one write(), whatever the file's old length was.
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(bytes);
        if (file.CanSeek && file.Length > bytes.Length)
        {
            file.SetLength(bytes.Length);
        }
    }

    private VariableResult ResultOf(Exception exception)
    {
        Problem = exception.Message;

        // What Linux makes of the firmware's answer: drivers/firmware/efi/vars.c, efi_status_to_err. .NET keeps the number in HResult.
        const int EIO = 5, ENOSPC = 28, EROFS = 30;
        return exception is UnauthorizedAccessException ? VariableResult.AccessDenied : exception.HResult switch
        {
            EIO => VariableResult.DeviceError,
            ENOSPC => VariableResult.OutOfSpace,
            EROFS => VariableResult.WriteProtected,
            _ => VariableResult.Refused,
        };
    }

    private string PathOf(VariableOwner owner, ReadOnlySpan<char> name) =>
        Path.Combine(folder, string.Concat(name, owner == VariableOwner.Global ? GlobalVariable : HyperCoreVariable));
}
