using System;
using System.IO;
using CsCheck;
using HyperCore.Tool;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Firmware;
using Spectre.Console;
using Xunit;

namespace HyperCore.Tests.Tool;

public class FirmwareDataTests
{
    private static readonly GuidPartition s_partition = new(3, GuidPartition.EfiSystem, new Guid("01234567-89ab-cdef-0123-456789abcdef"), 0x800, 0x8_07FF, "ESP");

    [Fact]
    public void LoadOption_Encoded_DecodesToTheSame()
    {
        var option = new LoadOption(9, "Ärger", DevicePath.Encode(s_partition, @"\EFI\x.efi"), [1, 2, 3]);
        LoadOption decoded = LoadOption.Decode(option.Encode())!;
        Assert.Equal((9u, "Ärger"), (decoded.Attributes, decoded.Description));
        Assert.Equal([1, 2, 3], decoded.OptionalData);
        Assert.True(DevicePath.TryDecode(decoded.FilePathList, out Guid partition, out string file));
        Assert.Equal((s_partition.Id, @"\EFI\x.efi"), (partition, file));
        Assert.Equal(@"HD(3,GPT,01234567-89ab-cdef-0123-456789abcdef,0x800,0x80000)/File(\EFI\x.efi)", DevicePath.ToText(s_partition, file));
    }

    [Fact]
    public void LoadOption_CutOff_IsNoEntry()
    {
        byte[] whole = new LoadOption(1, "HyperCore", DevicePath.Encode(s_partition, @"\EFI\x.efi"), []).Encode();
        for (int i = 0; i < whole.Length; i++)
        {
            Assert.Null(LoadOption.Decode(whole.AsSpan(0, i)));
        }
    }

    [Fact]
    public void FirmwareData_AnyBytes_AreHarmless() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        _ = LoadOption.Decode(bytes);
        _ = DevicePath.TryDecode(bytes, out _, out _);
    });

    [Fact]
    public void DevicePath_FileInTwoNodes_IsOnePath()
    {
        byte[] path = [.. DevicePath.Encode(s_partition, @"\EFI")[..^4], .. DevicePath.Encode(s_partition, "x.efi")[42..]];
        Assert.True(DevicePath.TryDecode(path, out _, out string file));
        Assert.Equal(@"\EFI\x.efi", file);
    }

    [Fact]
    public void ProgressBar_Work_IsDoneOnce()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        int calls = 0;
        new ProgressBar(console).Run("copying [all]", progress =>
        {
            calls++;
            progress.Report(0.5);
            progress.Report(1);
        });
        Assert.Equal(1, calls);
        Assert.Contains("copying [all]", output.ToString());
    }
}
