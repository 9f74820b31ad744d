// PixelMed's classes for the DICOM network as a program: java -cp pixelmed.jar:. PixelMedPeer VERB HOST PORT AET …
// Prints a line for each answer and ends with 0 when the final status was success.
import com.pixelmed.dicom.*;
import com.pixelmed.network.*;
import java.io.File;
import java.util.*;

public class PixelMedPeer {
    public static void main(String[] args) throws Exception {
        String host = args[1], called = args[3];
        int port = Integer.parseInt(args[2]);
        switch (args[0]) {
            // store HOST PORT AET COMPRESSION FILE...
            case "store" -> {
                SetOfDicomFiles files = new SetOfDicomFiles();
                for (int i = 5; i < args.length; i++) files.add(args[i]);
                new StorageSOPClassSCU(host, port, called, "PIXELMED", files, Integer.parseInt(args[4]), new MultipleInstanceTransferStatusHandler() {
                    public void updateStatus(int remaining, int completed, int failed, int warning, String uid) {
                        System.out.println("stored " + uid + " completed " + completed + " failed " + failed);
                    }
                });
            }
            // find HOST PORT AET ROOT KEY=VALUE...
            case "find" -> new FindSOPClassSCU(host, port, called, "PIXELMED", model(args[4], "FIND"), keys(args, 5), new IdentifierHandler() {
                public void doSomethingWithIdentifier(AttributeList list) {
                    System.out.println("match " + Attribute.getSingleStringValueOrEmptyString(list, TagFromName.StudyInstanceUID)
                        + " " + Attribute.getSingleStringValueOrEmptyString(list, TagFromName.PatientName));
                }
            });
            // move HOST PORT AET ROOT DESTINATION KEY=VALUE...
            case "move" -> System.out.println("status " + Integer.toHexString(
                new MoveSOPClassSCU(host, port, called, "PIXELMED", args[5], model(args[4], "MOVE"), keys(args, 6)).getStatus()));
            // get HOST PORT AET ROOT FOLDER SOPCLASS KEY=VALUE...
            case "get" -> {
                new GetSOPClassSCU(host, port, called, "PIXELMED", model(args[4], "GET"), keys(args, 7), new IdentifierHandler(), new File(args[5]),
                    StoredFilePathStrategy.BYSOPINSTANCEUIDINSINGLEFOLDER, new ReceivedObjectHandler() {
                        public void sendReceivedObjectIndication(String file, String transferSyntax, String from) {
                            System.out.println("got " + new File(file).getName() + " " + transferSyntax);
                        }
                    }, Set.of(args[6]), true, false, false);
            }
            // receive - PORT AET FOLDER
            case "receive" -> {
                new Thread(new StorageSOPClassSCPDispatcher(port, called, new File(args[4]), new ReceivedObjectHandler() {
                    public void sendReceivedObjectIndication(String file, String transferSyntax, String from) {
                        System.out.println("received " + new File(file).getName() + " " + transferSyntax);
                    }
                })).start();
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static String model(String root, String operation) throws Exception {
        String field = (root.equals("patient") ? "PatientRootQueryRetrieveInformationModel" : "StudyRootQueryRetrieveInformationModel")
            + operation.charAt(0) + operation.substring(1).toLowerCase(Locale.ROOT);
        return (String) SOPClass.class.getField(field).get(null);
    }

    private static AttributeList keys(String[] args, int from) throws Exception {
        AttributeList list = new AttributeList();
        for (int i = from; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            Attribute attribute = AttributeFactory.newAttribute(DicomDictionary.StandardDictionary.getTagFromName(pair[0]));
            if (pair.length > 1 && !pair[1].isEmpty()) attribute.addValue(pair[1]);
            list.put(attribute);
        }
        return list;
    }
}
